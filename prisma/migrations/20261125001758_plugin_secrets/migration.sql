-- AlterTable
ALTER TABLE "providers" ADD COLUMN     "capabilities" JSONB,
ADD COLUMN     "last_good_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "secrets" ADD COLUMN     "linked" BOOLEAN NOT NULL DEFAULT false;
