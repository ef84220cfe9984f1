-- CreateTable
CREATE TABLE "provider_modules" (
    "provider_id" UUID NOT NULL,
    "sha256" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "inspection" JSONB NOT NULL,
    "uploaded" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "uploaded_by" TEXT NOT NULL,

    CONSTRAINT "provider_modules_pkey" PRIMARY KEY ("provider_id","sha256")
);

-- CreateIndex
CREATE INDEX "provider_modules_sha256_idx" ON "provider_modules"("sha256");

-- AddForeignKey
ALTER TABLE "provider_modules" ADD CONSTRAINT "provider_modules_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_modules" ADD CONSTRAINT "provider_modules_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "modules"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;
