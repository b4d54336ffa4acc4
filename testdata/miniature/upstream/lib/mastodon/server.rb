# frozen_string_literal: true

require 'socket'

module Mastodon
  # Serves a Rack application over HTTP/1.1 with nothing but Ruby: one thread a connection, one request each.
  class Server
    REASONS = { 200 => 'OK', 400 => 'Bad Request', 404 => 'Not Found', 500 => 'Internal Server Error' }.freeze

    def initialize(app, host:, port:)
      @app = app
      @listener = TCPServer.new(host, port)
    end

    def run
      %w(INT TERM).each { |signal| trap(signal) { @listener.close } }
      $stdout.puts "Listening on http://#{@listener.local_address.inspect_sockaddr}"
      $stdout.flush
      loop { Thread.new(@listener.accept) { |socket| serve(socket) } }
    rescue IOError, Errno::EBADF
      $stdout.puts 'Stopped'
    end

    private

    def serve(socket)
      respond(socket, *answer(socket.gets.to_s))
    rescue SystemCallError, IOError => e
      warn "connection lost: #{e.message}"
    ensure
      socket.close
    end

    def answer(line)
      verb, target, = line.split
      return [400, { 'content-type' => 'text/plain' }, ['Bad request']] unless target&.start_with?('/')

      path, query = target.split('?', 2)
      @app.call('REQUEST_METHOD' => verb, 'PATH_INFO' => path, 'QUERY_STRING' => query.to_s)
    rescue StandardError => e
      warn e.full_message(highlight: false)
      [500, { 'content-type' => 'text/plain' }, ['Something went wrong']]
    end

    def respond(socket, status, headers, body)
      bytes = body.join
      headers = headers.merge('content-length' => bytes.bytesize, 'connection' => 'close')
      socket.write("HTTP/1.1 #{status} #{REASONS[status]}\r\n", headers.map { |k, v| "#{k}: #{v}\r\n" }.join, "\r\n", bytes)
    end
  end
end
