-- When the text of an app's pages was read, and what the last attempt could not read, in words for whoever set the URLs.
ALTER TABLE apps ADD COLUMN url_context_fetched_at timestamptz(3), ADD COLUMN url_context_error text;
