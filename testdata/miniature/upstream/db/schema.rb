# frozen_string_literal: true

# Written by the migrations.
ActiveRecord::Schema[8.0].define(version: 2026_03_02_101500) do
  create_table 'statuses' do |t|
    t.text 'text', null: false
    t.datetime 'created_at', null: false
  end
end
