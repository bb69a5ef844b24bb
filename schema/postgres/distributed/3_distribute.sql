-- Spreads the films over the servers of Citus. Run once, with the platform stopped; what is not named stays on one server:
--
--     psql "$MUTOSCOPE_DATABASE_URL" -v ON_ERROR_STOP=1 -f 3_distribute.sql

SELECT create_reference_table('users');
SELECT create_distributed_table('videos', 'id');
SELECT create_distributed_table('uploads', 'video_id', colocate_with => 'videos');
SELECT create_distributed_table('upload_parts', 'video_id', colocate_with => 'videos');
SELECT create_distributed_table('plans', 'video_id', colocate_with => 'videos');
SELECT create_distributed_table('renditions', 'video_id', colocate_with => 'videos');
SELECT create_distributed_table('segments', 'video_id', colocate_with => 'videos');
SELECT create_distributed_table('sidecars', 'video_id', colocate_with => 'videos');
SELECT create_distributed_table('warnings', 'video_id', colocate_with => 'videos');
SELECT create_distributed_table('views', 'video_id', colocate_with => 'videos');
