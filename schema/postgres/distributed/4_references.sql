-- References between rows of one film, and to accounts. Run once, with the platform stopped:
--
--     psql "$MUTOSCOPE_DATABASE_URL" -v ON_ERROR_STOP=1 -f 4_references.sql

ALTER TABLE sessions ADD CONSTRAINT sessions_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE invitations ADD CONSTRAINT invitations_created_by_fkey
    FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE invitations ADD CONSTRAINT invitations_used_by_fkey
    FOREIGN KEY (used_by) REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE videos ADD CONSTRAINT videos_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id);
ALTER TABLE uploads ADD CONSTRAINT uploads_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id);
ALTER TABLE uploads ADD CONSTRAINT uploads_video_id_fkey
    FOREIGN KEY (video_id) REFERENCES videos (id) ON DELETE CASCADE;
ALTER TABLE upload_parts ADD CONSTRAINT upload_parts_upload_id_fkey
    FOREIGN KEY (video_id, upload_id) REFERENCES uploads (video_id, id) ON DELETE CASCADE;
ALTER TABLE plans ADD CONSTRAINT plans_video_id_fkey
    FOREIGN KEY (video_id) REFERENCES videos (id) ON DELETE CASCADE;
ALTER TABLE renditions ADD CONSTRAINT renditions_plan_id_fkey
    FOREIGN KEY (video_id, plan_id) REFERENCES plans (video_id, id) ON DELETE CASCADE;
ALTER TABLE segments ADD CONSTRAINT segments_plan_id_fkey
    FOREIGN KEY (video_id, plan_id) REFERENCES plans (video_id, id) ON DELETE CASCADE;
ALTER TABLE sidecars ADD CONSTRAINT sidecars_plan_id_fkey
    FOREIGN KEY (video_id, plan_id) REFERENCES plans (video_id, id) ON DELETE CASCADE;
ALTER TABLE warnings ADD CONSTRAINT warnings_video_id_fkey
    FOREIGN KEY (video_id) REFERENCES videos (id) ON DELETE CASCADE;
ALTER TABLE views ADD CONSTRAINT views_video_id_fkey
    FOREIGN KEY (video_id) REFERENCES videos (id) ON DELETE CASCADE;
