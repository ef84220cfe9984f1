-- DropIndex
DROP INDEX "secrets_provider_id_idx";

-- AlterTable
ALTER TABLE "provider_health" ADD COLUMN     "durations" INTEGER[] DEFAULT ARRAY[]::INTEGER[];

-- AlterTable
ALTER TABLE "providers" ADD COLUMN     "failing_since" TIMESTAMPTZ(3);

-- Those that fail now
UPDATE "providers" SET "failing_since" = "last_error_at" WHERE "last_error_at" > coalesce("last_good_at", '-infinity');

-- CreateIndex
CREATE INDEX "secrets_provider_id_id_idx" ON "secrets"("provider_id", "id");
