-- DropIndex
DROP INDEX "sealed_values_pool_epoch_idx";

-- AlterTable
ALTER TABLE "pool_epochs" ADD COLUMN     "maker_signature" BYTEA,
ADD COLUMN     "rotation_wanted" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "sealed_values_pool_epoch_version_id_idx" ON "sealed_values"("pool_epoch", "version_id");
