# frozen_string_literal: true

module Mastodon
  # What this server says that it is: three numbers of its own, the rest from the environment.
  module Version
    module_function

    def major
      4
    end

    def minor
      6
    end

    def patch
      0
    end

    def default_prerelease
      'alpha.6'
    end

    def prerelease
      setting('MASTODON_VERSION_PRERELEASE') || default_prerelease
    end

    def build_metadata
      setting('MASTODON_VERSION_METADATA')
    end

    def to_s
      text = [major, minor, patch].join('.')
      text += "-#{prerelease}" if prerelease
      text += "+#{build_metadata}" if build_metadata
      text
    end

    def source_commit
      setting('SOURCE_COMMIT')
    end

    def source_url
      base = setting('SOURCE_BASE_URL') || "https://github.com/#{setting('GITHUB_REPOSITORY') || 'miniature/mastodon'}"
      tag = setting('SOURCE_TAG')
      tag ? "#{base}/tree/#{tag}" : base
    end

    def setting(name)
      value = ENV.fetch(name, '')
      value unless value.empty?
    end
  end
end
