-- Which models are the same, as columns. Every migration is followed by their computing (relink-models.ts).
ALTER TABLE "models" ADD COLUMN "base_id" TEXT NOT NULL DEFAULT '', ADD COLUMN "variant" TEXT NOT NULL DEFAULT '';
ALTER TABLE "models" ALTER COLUMN "base_id" DROP DEFAULT, ALTER COLUMN "variant" DROP DEFAULT;

-- DropIndex
DROP INDEX "models_base_model_idx";
DROP INDEX models_bare_id_idx;

-- CreateIndex
CREATE INDEX "models_base_id_variant_idx" ON "models"("base_id", "variant");
