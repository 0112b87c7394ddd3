-- Anonymous ids that were sent beside the id of somebody known. When a person is erased, theirs are taken out of the events of others who used
-- the same device; without an index that would read every event of the app, inside one transaction.
CREATE INDEX events_anonymous_id_beside ON events (organization_id, app_id, anonymous_id) WHERE user_id IS NOT NULL AND anonymous_id IS NOT NULL;
