# frozen_string_literal: true

require 'digest'
require 'fileutils'
require 'json'

module Mastodon
  # Copies images and themes into public/, each under a name that tells its content, and writes a manifest.
  module Assets
    module_function

    def precompile
      manifest = copy('images/*.svg', 'assets').merge(copy('icons/*.svg', 'assets'), copy('styles/**/*.scss', 'packs'))
      File.write(File.join(Application::ROOT, 'public/packs/manifest.json'), JSON.pretty_generate(manifest))
      puts "#{manifest.size} assets"
    end

    def copy(pattern, folder)
      target = File.join(Application::ROOT, 'public', folder)
      FileUtils.mkdir_p(target)
      Dir[File.join(Application::ROOT, 'app/javascript', pattern)].sort.to_h do |source|
        name, extension = File.basename(source).split('.', 2)
        digested = "#{name}-#{Digest::SHA256.file(source).hexdigest[0, 8]}.#{extension}"
        FileUtils.cp(source, File.join(target, digested))
        [File.basename(source), "/#{folder}/#{digested}"]
      end
    end
  end
end
