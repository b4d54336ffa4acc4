# frozen_string_literal: true

class CreateStatuses < ActiveRecord::Migration[8.0]
  def change
    create_table :statuses do |t|
      t.text :text, null: false
      t.datetime :created_at, null: false
    end
  end
end
