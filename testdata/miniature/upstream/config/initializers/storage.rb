# frozen_string_literal: true

# Where uploads go.
STORAGE = {
  bucket: ENV.fetch('S3_BUCKET', nil),
  endpoint: ENV.fetch('S3_ENDPOINT', nil),
  region: ENV.fetch('S3_REGION', 'eu-1'),
  open_timeout: ENV.fetch('S3_OPEN_TIMEOUT', '5').to_i,
  read_timeout: ENV.fetch('S3_READ_TIMEOUT', '5').to_i,
}.freeze
