# frozen_string_literal: true

module Mastodon
  # Where Redis is, and which driver talks to it.
  class RedisConfiguration
    def url
      ENV.fetch('REDIS_URL', 'redis://localhost:6379')
    end

    def driver
      ENV['REDIS_DRIVER'] == 'ruby' ? :ruby : :hiredis
    end
  end
end
