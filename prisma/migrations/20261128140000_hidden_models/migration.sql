-- What lists do not show: whoever counts theirs counts all that fit, less these.
CREATE INDEX models_hidden_idx ON models (provider, model_id)
  WHERE review = 'disabled' OR tiers <> '{}' OR lifecycle = 'retired';
