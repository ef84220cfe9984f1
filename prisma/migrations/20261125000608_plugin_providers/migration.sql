-- AlterTable
ALTER TABLE "providers" ADD COLUMN     "last_error" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "last_error_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_test" JSONB,
ADD COLUMN     "settings" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "signature" BYTEA;

-- AlterTable
ALTER TABLE "secret_versions" ADD COLUMN     "reference" BYTEA;

-- CreateTable
CREATE TABLE "provider_health" (
    "provider_id" UUID NOT NULL,
    "bucket" TIMESTAMPTZ(3) NOT NULL,
    "good" INTEGER NOT NULL DEFAULT 0,
    "slow" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "provider_health_pkey" PRIMARY KEY ("provider_id","bucket")
);

-- CreateTable
CREATE TABLE "secret_intents" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "provider_id" UUID NOT NULL,
    "algorithm_id" UUID NOT NULL,
    "secret_id" UUID NOT NULL,
    "provider_key" TEXT,
    "provider_version" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "secret_intents_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "secret_intents_due_idx" ON "secret_intents"("due");

-- CreateIndex
CREATE INDEX "secret_intents_provider_id_idx" ON "secret_intents"("provider_id");

-- CreateIndex
CREATE INDEX "secret_intents_secret_id_idx" ON "secret_intents"("secret_id");

-- AddForeignKey
ALTER TABLE "provider_health" ADD CONSTRAINT "provider_health_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "secret_intents" ADD CONSTRAINT "secret_intents_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
