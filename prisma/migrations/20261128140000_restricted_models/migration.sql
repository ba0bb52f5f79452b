-- Few models are hidden from anybody: who counts what somebody sees counts all that fit, less these.
CREATE INDEX models_restricted_idx ON models (provider, model_id) WHERE review = 'disabled' OR tiers <> '{}';
