# frozen_string_literal: true

# Refuses a status that is too long.
class StatusLengthValidator
  MAX_CHARS = 500

  def self.valid?(text)
    text.each_grapheme_cluster.count <= MAX_CHARS
  end
end
