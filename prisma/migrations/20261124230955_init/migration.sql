-- CreateEnum
CREATE TYPE "account_kind" AS ENUM ('user', 'organization');

-- CreateEnum
CREATE TYPE "member_role" AS ENUM ('owner', 'member', 'executor');

-- CreateEnum
CREATE TYPE "api_key_kind" AS ENUM ('PlatformAdminKey', 'AlgorithmKey');

-- CreateEnum
CREATE TYPE "provider_kind" AS ENUM ('internal', 'plugin');

-- CreateEnum
CREATE TYPE "worker_state" AS ENUM ('pending', 'approved', 'revoked');

-- CreateTable
CREATE TABLE "accounts" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "kind" "account_kind" NOT NULL,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "email_key" TEXT NOT NULL,
    "fullname" TEXT NOT NULL DEFAULT '',
    "company_name" TEXT NOT NULL DEFAULT '',
    "company_role" TEXT NOT NULL DEFAULT '',
    "password_hash" TEXT,
    "is_admin" BOOLEAN NOT NULL DEFAULT false,
    "is_cluster_viewer" BOOLEAN NOT NULL DEFAULT false,
    "sessions_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "oidc_subject" TEXT,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "one_time_links" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "expires" TIMESTAMPTZ(3) NOT NULL,
    "used" TIMESTAMPTZ(3),
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "one_time_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organizations" (
    "id" UUID NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "contact_name" TEXT NOT NULL DEFAULT '',
    "email" TEXT NOT NULL DEFAULT '',
    "url" TEXT NOT NULL DEFAULT '',
    "type_id" TEXT NOT NULL DEFAULT 'basic',
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "member_role" NOT NULL DEFAULT 'member',
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" "api_key_kind" NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "lookup" BYTEA NOT NULL,
    "mask" TEXT NOT NULL,
    "permissions" JSONB NOT NULL DEFAULT '{}',
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used" TIMESTAMPTZ(3),
    "expires" TIMESTAMPTZ(3),
    "revoked" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_throttles" (
    "subject" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_throttles_pkey" PRIMARY KEY ("subject")
);

-- CreateTable
CREATE TABLE "algorithms" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "summary" TEXT NOT NULL DEFAULT '',
    "tagline" TEXT NOT NULL DEFAULT '',
    "settings" JSONB NOT NULL DEFAULT '{}',
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "algorithms_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "providers" (
    "id" UUID NOT NULL,
    "kind" "provider_kind" NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "module_name" TEXT NOT NULL DEFAULT '',
    "factory_class_name" TEXT NOT NULL,
    "interface_version" TEXT NOT NULL DEFAULT 'v1.0.0',
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "default_slot" BOOLEAN,
    "configuration" BYTEA,
    "configuration_keys" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "module_sha256" TEXT,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "providers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_usage" (
    "provider_id" UUID NOT NULL,
    "shard" INTEGER NOT NULL,
    "secrets" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "provider_usage_pkey" PRIMARY KEY ("provider_id","shard")
);

-- CreateTable
CREATE TABLE "modules" (
    "sha256" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "modules_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "module_chunks" (
    "sha256" TEXT NOT NULL,
    "part" INTEGER NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "module_chunks_pkey" PRIMARY KEY ("sha256","part")
);

-- CreateTable
CREATE TABLE "secrets" (
    "id" UUID NOT NULL,
    "algorithm_id" UUID NOT NULL,
    "secret_key" TEXT NOT NULL,
    "live_key" TEXT,
    "short_name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "provider_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "current_version_id" UUID NOT NULL,
    "revision" BIGINT NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed" TIMESTAMPTZ(3),

    CONSTRAINT "secrets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "secret_versions" (
    "id" UUID NOT NULL,
    "secret_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "created_by" UUID,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "provider_key" TEXT,
    "provider_version" TEXT,

    CONSTRAINT "secret_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sealed_values" (
    "version_id" UUID NOT NULL,
    "pool_epoch" INTEGER NOT NULL,
    "envelope" BYTEA NOT NULL,

    CONSTRAINT "sealed_values_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "pool_epochs" (
    "number" INTEGER NOT NULL,
    "public_key" BYTEA NOT NULL,
    "recovery_public_key" BYTEA NOT NULL,
    "recovery_envelope" BYTEA NOT NULL,
    "signature" BYTEA NOT NULL,
    "created_by" UUID NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pool_epochs_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "workers" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "state" "worker_state" NOT NULL DEFAULT 'pending',
    "box_key" BYTEA NOT NULL,
    "sign_key" BYTEA NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "address" TEXT NOT NULL DEFAULT '',
    "software" TEXT NOT NULL DEFAULT '',
    "joined" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen" TIMESTAMPTZ(3),
    "approved_by" UUID,
    "approved" TIMESTAMPTZ(3),
    "revoked" TIMESTAMPTZ(3),
    "approval" BYTEA,

    CONSTRAINT "workers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "worker_tokens" (
    "id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "auto_approve" BOOLEAN NOT NULL DEFAULT false,
    "created_by" UUID,
    "expires" TIMESTAMPTZ(3) NOT NULL,
    "used" TIMESTAMPTZ(3),
    "worker_id" UUID,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "worker_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pool_grants" (
    "pool_epoch" INTEGER NOT NULL,
    "worker_id" UUID NOT NULL,
    "envelope" BYTEA NOT NULL,
    "granted_by" UUID NOT NULL,
    "created" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pool_grants_pkey" PRIMARY KEY ("pool_epoch","worker_id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "action" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "actor_name" TEXT NOT NULL DEFAULT '',
    "object_kind" TEXT NOT NULL,
    "object_id" UUID,
    "object_name" TEXT NOT NULL DEFAULT '',
    "request_id" UUID,
    "address" TEXT NOT NULL DEFAULT '',
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "installation" (
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "installation_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "accounts_name_key_key" ON "accounts"("name_key");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key_key" ON "users"("email_key");

-- CreateIndex
CREATE UNIQUE INDEX "users_oidc_subject_key" ON "users"("oidc_subject");

-- CreateIndex
CREATE UNIQUE INDEX "one_time_links_token_hash_key" ON "one_time_links"("token_hash");

-- CreateIndex
CREATE INDEX "one_time_links_user_id_idx" ON "one_time_links"("user_id");

-- CreateIndex
CREATE INDEX "memberships_user_id_idx" ON "memberships"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_lookup_key" ON "api_keys"("lookup");

-- CreateIndex
CREATE INDEX "api_keys_user_id_created_idx" ON "api_keys"("user_id", "created");

-- CreateIndex
CREATE INDEX "sign_in_throttles_since_idx" ON "sign_in_throttles"("since");

-- CreateIndex
CREATE UNIQUE INDEX "algorithms_owner_id_name_key_key" ON "algorithms"("owner_id", "name_key");

-- CreateIndex
CREATE UNIQUE INDEX "providers_name_key_key" ON "providers"("name_key");

-- CreateIndex
CREATE UNIQUE INDEX "providers_default_slot_key" ON "providers"("default_slot");

-- CreateIndex
CREATE INDEX "providers_module_sha256_idx" ON "providers"("module_sha256");

-- CreateIndex
CREATE INDEX "secrets_provider_id_idx" ON "secrets"("provider_id");

-- CreateIndex
CREATE INDEX "secrets_removed_idx" ON "secrets"("removed");

-- CreateIndex
CREATE UNIQUE INDEX "secrets_algorithm_id_live_key_key" ON "secrets"("algorithm_id", "live_key");

-- CreateIndex
CREATE UNIQUE INDEX "secret_versions_secret_id_version_key" ON "secret_versions"("secret_id", "version");

-- CreateIndex
CREATE INDEX "sealed_values_pool_epoch_idx" ON "sealed_values"("pool_epoch");

-- CreateIndex
CREATE UNIQUE INDEX "pool_epochs_public_key_key" ON "pool_epochs"("public_key");

-- CreateIndex
CREATE UNIQUE INDEX "workers_box_key_key" ON "workers"("box_key");

-- CreateIndex
CREATE UNIQUE INDEX "workers_sign_key_key" ON "workers"("sign_key");

-- CreateIndex
CREATE UNIQUE INDEX "worker_tokens_token_hash_key" ON "worker_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "worker_tokens_worker_id_idx" ON "worker_tokens"("worker_id");

-- CreateIndex
CREATE INDEX "pool_grants_worker_id_idx" ON "pool_grants"("worker_id");

-- CreateIndex
CREATE INDEX "audit_events_object_id_id_idx" ON "audit_events"("object_id", "id");

-- CreateIndex
CREATE INDEX "audit_events_actor_id_id_idx" ON "audit_events"("actor_id", "id");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_id_fkey" FOREIGN KEY ("id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "one_time_links" ADD CONSTRAINT "one_time_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_id_fkey" FOREIGN KEY ("id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "algorithms" ADD CONSTRAINT "algorithms_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "providers" ADD CONSTRAINT "providers_module_sha256_fkey" FOREIGN KEY ("module_sha256") REFERENCES "modules"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_usage" ADD CONSTRAINT "provider_usage_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "module_chunks" ADD CONSTRAINT "module_chunks_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "modules"("sha256") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "secrets" ADD CONSTRAINT "secrets_algorithm_id_fkey" FOREIGN KEY ("algorithm_id") REFERENCES "algorithms"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "secrets" ADD CONSTRAINT "secrets_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "secret_versions" ADD CONSTRAINT "secret_versions_secret_id_fkey" FOREIGN KEY ("secret_id") REFERENCES "secrets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sealed_values" ADD CONSTRAINT "sealed_values_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "secret_versions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sealed_values" ADD CONSTRAINT "sealed_values_pool_epoch_fkey" FOREIGN KEY ("pool_epoch") REFERENCES "pool_epochs"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "worker_tokens" ADD CONSTRAINT "worker_tokens_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pool_grants" ADD CONSTRAINT "pool_grants_pool_epoch_fkey" FOREIGN KEY ("pool_epoch") REFERENCES "pool_epochs"("number") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pool_grants" ADD CONSTRAINT "pool_grants_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
