-- Fuzzy search over names and ids. A trusted extension: the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateTable
CREATE TABLE "providers" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "env" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "npm" TEXT,
    "api" TEXT,
    "doc" TEXT,
    "extra" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "providers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "upstreams" (
    "id" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "url" TEXT NOT NULL,
    "schedule" TEXT NOT NULL,
    "adapter_version" INTEGER NOT NULL DEFAULT 1,
    "runtime" BOOLEAN NOT NULL DEFAULT false,
    "etag" TEXT,
    "last_modified" TEXT,
    "applied_sha256" TEXT,
    "applied_adapter" INTEGER,
    "applied_fence" BIGINT NOT NULL DEFAULT 0,
    "last_attempt_at" TIMESTAMPTZ(6),
    "last_success_at" TIMESTAMPTZ(6),
    "last_change_at" TIMESTAMPTZ(6),
    "success_count" BIGINT NOT NULL DEFAULT 0,
    "consecutive_failures" INTEGER NOT NULL DEFAULT 0,
    "circuit_state" TEXT NOT NULL DEFAULT 'closed',
    "circuit_open_until" TIMESTAMPTZ(6),
    "request_count" BIGINT NOT NULL DEFAULT 0,
    "failure_count" BIGINT NOT NULL DEFAULT 0,
    "latency_ms_total" BIGINT NOT NULL DEFAULT 0,
    "last_error_code" TEXT,
    "last_error_message" TEXT,
    "seen_fields" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "upstreams_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "snapshots" (
    "id" BIGSERIAL NOT NULL,
    "upstream" TEXT NOT NULL,
    "run_id" BIGINT NOT NULL,
    "fence" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "pages" INTEGER NOT NULL,
    "etag" TEXT,
    "last_modified" TEXT,
    "adapter_version" INTEGER NOT NULL,
    "fetched_at" TIMESTAMPTZ(6) NOT NULL,
    "changed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "snapshots_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "snapshot_pages" (
    "snapshot_id" BIGINT NOT NULL,
    "page" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "body" BYTEA NOT NULL,

    CONSTRAINT "snapshot_pages_pkey" PRIMARY KEY ("snapshot_id","page")
);

-- CreateTable
CREATE TABLE "snapshot_slices" (
    "snapshot_id" BIGINT NOT NULL,
    "provider" TEXT NOT NULL,
    "chunk" INTEGER NOT NULL,
    "payload" TEXT NOT NULL,
    "hashes" TEXT,

    CONSTRAINT "snapshot_slices_pkey" PRIMARY KEY ("snapshot_id","provider","chunk")
);

-- CreateTable
CREATE TABLE "provider_slices" (
    "upstream" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "applied_fence" BIGINT NOT NULL DEFAULT 0,
    "applied_hash" TEXT,
    "hashes" TEXT,
    "adapter_version" INTEGER NOT NULL DEFAULT 0,
    "snapshot_id" BIGINT,
    "listing_count" INTEGER NOT NULL DEFAULT 0,
    "listed_count" INTEGER NOT NULL DEFAULT 0,
    "applied_at" TIMESTAMPTZ(6),
    "rejected_hash" TEXT,
    "is_settled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "provider_slices_pkey" PRIMARY KEY ("upstream","provider")
);

-- CreateTable
CREATE TABLE "listings" (
    "upstream" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'present',
    "hash" TEXT NOT NULL,
    "fields" JSONB NOT NULL,
    "prices" JSONB NOT NULL,
    "extra" JSONB NOT NULL,
    "first_seen_at" TIMESTAMPTZ(6) NOT NULL,
    "changed_at" TIMESTAMPTZ(6) NOT NULL,
    "missing_since" TIMESTAMPTZ(6),
    "missing_at_collect" BIGINT,
    "commit_id" BIGINT NOT NULL,

    CONSTRAINT "listings_pkey" PRIMARY KEY ("upstream","provider","model_id")
);

-- CreateTable
CREATE TABLE "models" (
    "provider" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "family" TEXT,
    "type" TEXT,
    "base_model" TEXT,
    "release_date" TEXT,
    "last_updated" TEXT,
    "knowledge_cutoff" TEXT,
    "open_weights" BOOLEAN,
    "context_window" BIGINT,
    "max_input_tokens" BIGINT,
    "max_output_tokens" BIGINT,
    "input_modalities" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "output_modalities" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "vision" BOOLEAN,
    "function_calling" BOOLEAN,
    "streaming" BOOLEAN,
    "json_mode" BOOLEAN,
    "structured_output" BOOLEAN,
    "image_generation" BOOLEAN,
    "audio" BOOLEAN,
    "code_generation" BOOLEAN,
    "reasoning" BOOLEAN,
    "attachment" BOOLEAN,
    "temperature" BOOLEAN,
    "prompt_caching" BOOLEAN,
    "web_search" BOOLEAN,
    -- By hand, since Prisma does not know generated columns.
    "capabilities" TEXT[] NOT NULL GENERATED ALWAYS AS (array_remove(ARRAY[
  CASE WHEN vision THEN 'vision' END,
  CASE WHEN function_calling THEN 'function_calling' END,
  CASE WHEN streaming THEN 'streaming' END,
  CASE WHEN json_mode THEN 'json_mode' END,
  CASE WHEN structured_output THEN 'structured_output' END,
  CASE WHEN image_generation THEN 'image_generation' END,
  CASE WHEN audio THEN 'audio' END,
  CASE WHEN code_generation THEN 'code_generation' END,
  CASE WHEN reasoning THEN 'reasoning' END,
  CASE WHEN attachment THEN 'attachment' END,
  CASE WHEN prompt_caching THEN 'prompt_caching' END,
  CASE WHEN web_search THEN 'web_search' END
], NULL)) STORED,
    "price_state" TEXT NOT NULL DEFAULT 'unknown',
    "currency" TEXT NOT NULL DEFAULT 'USD',
    "input_price" DECIMAL,
    "output_price" DECIMAL,
    "reasoning_price" DECIMAL,
    "cache_read_price" DECIMAL,
    "cache_write_price" DECIMAL,
    "input_audio_price" DECIMAL,
    "output_audio_price" DECIMAL,
    "prices" JSONB NOT NULL DEFAULT '[]',
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "extra" JSONB NOT NULL DEFAULT '{}',
    "review" TEXT NOT NULL DEFAULT 'new',
    "lifecycle" TEXT NOT NULL DEFAULT 'active',
    "stage" TEXT,
    "deprecated_at" TEXT,
    "replaced_by" TEXT,
    "missing_since" TIMESTAMPTZ(6),
    "retired_at" TIMESTAMPTZ(6),
    "tiers" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "provenance" JSONB NOT NULL DEFAULT '{}',
    "conflicts" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "changed_at" TIMESTAMPTZ(6) NOT NULL,
    "commit_id" BIGINT NOT NULL,
    "next_change_on" TEXT,

    CONSTRAINT "models_pkey" PRIMARY KEY ("provider","model_id")
);

-- CreateTable
CREATE TABLE "model_benchmarks" (
    "provider" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "benchmark" TEXT NOT NULL,
    "score" DECIMAL NOT NULL,
    "unit" TEXT,
    "rank" INTEGER,
    "upstream" TEXT NOT NULL,
    "source" TEXT,
    "measured_at" TEXT,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_benchmarks_pkey" PRIMARY KEY ("provider","model_id","benchmark","upstream")
);

-- CreateTable
CREATE TABLE "model_changes" (
    "id" BIGSERIAL NOT NULL,
    "commit_id" BIGINT NOT NULL,
    "provider" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "field" TEXT,
    "from" JSONB,
    "to" JSONB,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "model_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price_history" (
    "id" BIGSERIAL NOT NULL,
    "provider" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "amount" DECIMAL NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'USD',
    "upstream" TEXT NOT NULL,
    "valid_from" TIMESTAMPTZ(6) NOT NULL,
    "valid_to" TIMESTAMPTZ(6),
    "commit_id" BIGINT NOT NULL,

    CONSTRAINT "price_history_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_runs" (
    "id" BIGSERIAL NOT NULL,
    "parent_id" BIGINT,
    "upstream" TEXT NOT NULL,
    "provider" TEXT,
    "trigger" TEXT NOT NULL,
    "actor" TEXT,
    "options" JSONB NOT NULL DEFAULT '{}',
    "status" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "fence" BIGINT,
    "snapshot_id" BIGINT,
    "job_id" TEXT,
    "commit_id" BIGINT,
    "version" BIGINT,
    "queued_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),
    "http_status" INTEGER,
    "bytes" BIGINT,
    "slices" INTEGER NOT NULL DEFAULT 0,
    "entries" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "added" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "removed" INTEGER NOT NULL DEFAULT 0,
    "missing" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "price_changes" INTEGER NOT NULL DEFAULT 0,
    "held" INTEGER NOT NULL DEFAULT 0,
    "phases" JSONB NOT NULL DEFAULT '{}',
    "error_code" TEXT,
    "error_message" TEXT,
    "next_step" TEXT,

    CONSTRAINT "refresh_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rejects" (
    "id" BIGSERIAL NOT NULL,
    "run_id" BIGINT NOT NULL,
    "upstream" TEXT NOT NULL,
    "provider" TEXT,
    "entry_id" TEXT,
    "reason" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "raw" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rejects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "holds" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "upstream" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "model_id" TEXT,
    "field" TEXT,
    "reason" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "from" JSONB,
    "to" JSONB,
    "content_hash" TEXT NOT NULL,
    "snapshot_id" BIGINT,
    "fence" BIGINT NOT NULL,
    "run_id" BIGINT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "opened_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(6),
    "decided_by" TEXT,
    "comment" TEXT,
    "held_since" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "superseded_by" BIGINT,

    CONSTRAINT "holds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "overrides" (
    "provider" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "reason" TEXT,
    "actor" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6),

    CONSTRAINT "overrides_pkey" PRIMARY KEY ("provider","model_id","field")
);

-- CreateTable
CREATE TABLE "catalog_head" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "catalog_head_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalog_versions" (
    "version" BIGINT NOT NULL,
    "commit_id" BIGINT NOT NULL,
    "run_id" BIGINT,
    "upstream" TEXT,
    "provider" TEXT,
    "data" JSONB NOT NULL,
    "committed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "announced_at" TIMESTAMPTZ(6),

    CONSTRAINT "catalog_versions_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "notices" (
    "id" BIGSERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "announced_at" TIMESTAMPTZ(6),

    CONSTRAINT "notices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "tier" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "request_id" TEXT,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "snapshots_upstream_fetched_at_idx" ON "snapshots"("upstream", "fetched_at");

-- CreateIndex
CREATE INDEX "snapshots_upstream_sha256_idx" ON "snapshots"("upstream", "sha256");

-- CreateIndex
CREATE INDEX "provider_slices_provider_idx" ON "provider_slices"("provider");

-- CreateIndex
CREATE INDEX "listings_provider_model_id_idx" ON "listings"("provider", "model_id");

-- CreateIndex
CREATE INDEX "listings_upstream_state_missing_since_idx" ON "listings"("upstream", "state", "missing_since");

-- CreateIndex
CREATE INDEX "models_type_provider_model_id_idx" ON "models"("type", "provider", "model_id");

-- CreateIndex
CREATE INDEX "models_family_provider_model_id_idx" ON "models"("family", "provider", "model_id");

-- CreateIndex
CREATE INDEX "models_base_model_idx" ON "models"("base_model");

-- CreateIndex
CREATE INDEX "models_context_window_provider_model_id_idx" ON "models"("context_window", "provider", "model_id");

-- CreateIndex
CREATE INDEX "models_input_price_provider_model_id_idx" ON "models"("input_price", "provider", "model_id");

-- CreateIndex
CREATE INDEX "models_output_price_provider_model_id_idx" ON "models"("output_price", "provider", "model_id");

-- CreateIndex
CREATE INDEX "models_release_date_provider_model_id_idx" ON "models"("release_date", "provider", "model_id");

-- CreateIndex
CREATE INDEX "models_changed_at_provider_model_id_idx" ON "models"("changed_at", "provider", "model_id");

-- CreateIndex
CREATE INDEX "models_created_at_provider_model_id_idx" ON "models"("created_at", "provider", "model_id");

-- CreateIndex
CREATE INDEX "models_counts_idx" ON "models"("lifecycle", "review", "provider", "type", "family", "context_window", "input_price", "output_price", "release_date", "price_state", "capabilities", "input_modalities", "output_modalities", "tiers", "model_id");

-- CreateIndex
CREATE INDEX "models_facets_idx" ON "models" USING GIN ("capabilities", "input_modalities", "output_modalities", "tiers", "tags");

-- CreateIndex
CREATE INDEX "model_benchmarks_benchmark_score_idx" ON "model_benchmarks"("benchmark", "score");

-- CreateIndex
CREATE INDEX "model_changes_commit_id_idx" ON "model_changes"("commit_id");

-- CreateIndex
CREATE INDEX "model_changes_provider_model_id_id_idx" ON "model_changes"("provider", "model_id", "id");

-- CreateIndex
CREATE INDEX "model_changes_at_idx" ON "model_changes"("at");

-- CreateIndex
CREATE INDEX "price_history_provider_model_id_component_valid_from_idx" ON "price_history"("provider", "model_id", "component", "valid_from");

-- CreateIndex
CREATE INDEX "refresh_runs_upstream_id_idx" ON "refresh_runs"("upstream", "id");

-- CreateIndex
CREATE INDEX "refresh_runs_parent_id_idx" ON "refresh_runs"("parent_id");

-- CreateIndex
CREATE INDEX "refresh_runs_status_idx" ON "refresh_runs"("status");

-- CreateIndex
CREATE INDEX "refresh_runs_queued_at_idx" ON "refresh_runs"("queued_at");

-- CreateIndex
CREATE INDEX "rejects_run_id_idx" ON "rejects"("run_id");

-- CreateIndex
CREATE INDEX "rejects_upstream_created_at_idx" ON "rejects"("upstream", "created_at");

-- CreateIndex
CREATE INDEX "holds_status_opened_at_idx" ON "holds"("status", "opened_at");

-- CreateIndex
CREATE INDEX "holds_upstream_provider_status_idx" ON "holds"("upstream", "provider", "status");

-- CreateIndex
CREATE INDEX "holds_provider_model_id_status_idx" ON "holds"("provider", "model_id", "status");

-- CreateIndex
CREATE UNIQUE INDEX "catalog_versions_commit_id_key" ON "catalog_versions"("commit_id");

-- CreateIndex
CREATE INDEX "audit_log_object_at_idx" ON "audit_log"("object", "at");

-- CreateIndex
CREATE INDEX "audit_log_at_idx" ON "audit_log"("at");

-- Below: what Prisma does not model, written by hand.

-- The fence of a collect, drawn before its request is sent, and the number of a commit.
CREATE SEQUENCE fence_seq;
CREATE SEQUENCE commit_seq;

INSERT INTO catalog_head (id, version) VALUES (1, 0);

-- Ids sort by code point, the same on every machine and as JavaScript compares them: keyset paging
-- and the merge of sorted lists rely on it. All of them, since an index serves a join only when both
-- sides have its collation.
ALTER TABLE providers ALTER COLUMN id TYPE text COLLATE "C";
ALTER TABLE upstreams ALTER COLUMN id TYPE text COLLATE "C";
ALTER TABLE snapshots ALTER COLUMN upstream TYPE text COLLATE "C";
ALTER TABLE snapshot_slices ALTER COLUMN provider TYPE text COLLATE "C";
ALTER TABLE provider_slices
  ALTER COLUMN upstream TYPE text COLLATE "C",
  ALTER COLUMN provider TYPE text COLLATE "C";
ALTER TABLE listings
  ALTER COLUMN upstream TYPE text COLLATE "C",
  ALTER COLUMN provider TYPE text COLLATE "C",
  ALTER COLUMN model_id TYPE text COLLATE "C";
ALTER TABLE models
  ALTER COLUMN provider TYPE text COLLATE "C",
  ALTER COLUMN model_id TYPE text COLLATE "C";
ALTER TABLE model_benchmarks
  ALTER COLUMN upstream TYPE text COLLATE "C",
  ALTER COLUMN provider TYPE text COLLATE "C",
  ALTER COLUMN model_id TYPE text COLLATE "C";
ALTER TABLE model_changes
  ALTER COLUMN provider TYPE text COLLATE "C",
  ALTER COLUMN model_id TYPE text COLLATE "C";
ALTER TABLE price_history
  ALTER COLUMN upstream TYPE text COLLATE "C",
  ALTER COLUMN provider TYPE text COLLATE "C",
  ALTER COLUMN model_id TYPE text COLLATE "C";
ALTER TABLE refresh_runs
  ALTER COLUMN upstream TYPE text COLLATE "C",
  ALTER COLUMN provider TYPE text COLLATE "C";
ALTER TABLE rejects
  ALTER COLUMN upstream TYPE text COLLATE "C",
  ALTER COLUMN provider TYPE text COLLATE "C";
ALTER TABLE holds
  ALTER COLUMN upstream TYPE text COLLATE "C",
  ALTER COLUMN provider TYPE text COLLATE "C",
  ALTER COLUMN model_id TYPE text COLLATE "C";
ALTER TABLE overrides
  ALTER COLUMN provider TYPE text COLLATE "C",
  ALTER COLUMN model_id TYPE text COLLATE "C";
ALTER TABLE catalog_versions
  ALTER COLUMN upstream TYPE text COLLATE "C",
  ALTER COLUMN provider TYPE text COLLATE "C";

-- The closed sets that schema.prisma states in comments.
ALTER TABLE catalog_head ADD CONSTRAINT catalog_head_one_row CHECK (id = 1);
ALTER TABLE listings
  ADD CONSTRAINT listings_state_check CHECK (state IN ('present', 'missing', 'retired'));
ALTER TABLE models
  ADD CONSTRAINT models_review_check CHECK (review IN ('new', 'active', 'disabled')),
  ADD CONSTRAINT models_lifecycle_check CHECK (lifecycle IN ('active', 'deprecated', 'missing', 'retired')),
  ADD CONSTRAINT models_price_state_check CHECK (price_state IN ('unknown', 'free', 'dynamic', 'priced'));
ALTER TABLE refresh_runs
  ADD CONSTRAINT refresh_runs_status_check CHECK (status IN (
    'queued', 'running', 'applied', 'unchanged', 'held', 'partial', 'failed', 'superseded', 'cancelled'));
ALTER TABLE holds
  ADD CONSTRAINT holds_kind_check CHECK (kind IN ('slice', 'value')),
  ADD CONSTRAINT holds_status_check CHECK (status IN (
    'open', 'approved', 'rejected', 'released', 'superseded', 'withdrawn'));

-- A price is unknown (null), free (0) or positive; a router's -1 is a state, never an amount.
ALTER TABLE models
  ADD CONSTRAINT models_input_price_check CHECK (input_price >= 0),
  ADD CONSTRAINT models_output_price_check CHECK (output_price >= 0),
  ADD CONSTRAINT models_reasoning_price_check CHECK (reasoning_price >= 0),
  ADD CONSTRAINT models_cache_read_price_check CHECK (cache_read_price >= 0),
  ADD CONSTRAINT models_cache_write_price_check CHECK (cache_write_price >= 0),
  ADD CONSTRAINT models_input_audio_price_check CHECK (input_audio_price >= 0),
  ADD CONSTRAINT models_output_audio_price_check CHECK (output_audio_price >= 0);
ALTER TABLE price_history ADD CONSTRAINT price_history_amount_check CHECK (amount >= 0);

-- At most one open price of a component, one waiting or running collect of an upstream, one child run
-- of a provider in a collect, one open hold of a slice and of a value.
CREATE UNIQUE INDEX price_history_one_open ON price_history (provider, model_id, component)
  WHERE valid_to IS NULL;
CREATE UNIQUE INDEX refresh_runs_one_active ON refresh_runs (upstream)
  WHERE parent_id IS NULL AND trigger <> 'approval' AND status IN ('queued', 'running');
CREATE UNIQUE INDEX refresh_runs_one_child ON refresh_runs (parent_id, provider)
  WHERE parent_id IS NOT NULL;
CREATE UNIQUE INDEX holds_one_open_slice ON holds (upstream, provider)
  WHERE kind = 'slice' AND status = 'open';
CREATE UNIQUE INDEX holds_one_open_value ON holds (upstream, provider, model_id, field)
  WHERE kind = 'value' AND status = 'open';

-- The outboxes: as small as what is not announced yet.
CREATE INDEX catalog_versions_outbox ON catalog_versions (version) WHERE announced_at IS NULL;
CREATE INDEX notices_outbox ON notices (id) WHERE announced_at IS NULL;

-- As small as what is announced: models that change by themselves on a day to come.
CREATE INDEX models_next_change ON models (next_change_on COLLATE "C") WHERE next_change_on IS NOT NULL;

-- One trigram index over all that is searched: every word of a query finds its candidates in it.
CREATE INDEX models_search_idx ON models USING gin (
  lower(provider || ' ' || model_id || ' ' || name || ' ' || coalesce(family, '')) gin_trgm_ops);

-- Names in the order in which people read them.
CREATE INDEX models_lower_name_idx ON models (lower(name), provider, model_id);

-- The id without the maker that gateways put in front: offers of the same model.
CREATE INDEX models_bare_id_idx ON models (lower(regexp_replace(model_id, '^.*/', '')));

-- Few models are in conflict.
CREATE INDEX models_conflicts_idx ON models (provider, model_id) WHERE conflicts <> '{}';

-- Bytes that are compressed already (pages) or read once and dropped (slices): do not try again.
ALTER TABLE snapshot_pages ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE snapshot_slices ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE snapshot_slices ALTER COLUMN hashes SET STORAGE EXTERNAL;
ALTER TABLE provider_slices ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- Room in each page, so that an update of a column without an index stays on it.
ALTER TABLE listings SET (fillfactor = 90);
ALTER TABLE models SET (fillfactor = 90);
