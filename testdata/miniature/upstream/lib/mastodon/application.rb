# frozen_string_literal: true

require 'json'
require 'yaml'
require_relative 'version'
require_relative 'redis_configuration'
require_relative '../../app/validators/status_length_validator'

module Mastodon
  # The whole web application: a callable in Rack's form.
  class Application
    ROOT = File.expand_path('../..', __dir__)

    def call(env)
      case env['PATH_INFO']
      when '/health'
        reply(200, 'text/plain', 'OK')
      when '/api/v2/instance'
        reply(200, 'application/json', JSON.generate(instance))
      when '/'
        reply(200, 'text/html', page)
      when %r{\A/(assets|packs)/[a-z0-9._-]+\z}i
        file(env['PATH_INFO'])
      else
        reply(404, 'text/plain', 'Not found')
      end
    end

    private

    def instance
      {
        domain: ENV.fetch('LOCAL_DOMAIN', 'miniature.example'),
        title: 'Miniature',
        version: Version.to_s,
        source_url: Version.source_url,
        themes: themes.keys,
        configuration: {
          urls: { streaming: ENV.fetch('STREAMING_API_BASE_URL', 'ws://localhost:4000') },
          statuses: { max_characters: StatusLengthValidator::MAX_CHARS },
        },
      }
    end

    def themes
      YAML.load_file(File.join(ROOT, 'config/themes.yml'))
    end

    def page
      logo = File.read(File.join(ROOT, 'app/javascript/images/logo.svg'))
      "<!doctype html><title>Miniature</title>#{logo}<p>Miniature #{Version}</p>"
    end

    def file(path)
      full = File.join(ROOT, 'public', path)
      return reply(404, 'text/plain', 'Not found') unless File.file?(full)

      reply(200, full.end_with?('.svg') ? 'image/svg+xml' : 'text/plain', File.binread(full))
    end

    def reply(status, type, body)
      [status, { 'content-type' => type }, [body]]
    end
  end
end
