-- CreateIndex
CREATE INDEX "accounts_kind_name_key_idx" ON "accounts"("kind", "name_key");
