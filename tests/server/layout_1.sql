-- A database as the server of layout 1 left it: a service with a finished and a waiting job.
BEGIN TRANSACTION;
CREATE TABLE jobs (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id CHAR(32) NOT NULL,
    service_id CHAR(32) NOT NULL,
    status TEXT NOT NULL,
    parameters JSON NOT NULL,
    results JSON,
    date_submitted DATETIME NOT NULL,
    UNIQUE (id),
    FOREIGN KEY(service_id) REFERENCES services (id)
);
INSERT INTO "jobs" VALUES(1,'e474dd497609411da9873a869beba8d0','bbc52e6b35574419953fb1382eba14a3','COMPLETED','{"value":3}','{"value":4}','2026-11-23 21:40:50.297879');
INSERT INTO "jobs" VALUES(2,'4396256913b0457082ab047888f8789f','bbc52e6b35574419953fb1382eba14a3','REGISTERED','{"value":4}',NULL,'2026-11-23 21:40:50.300432');
CREATE TABLE services (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id CHAR(32) NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    job_registration_schema JSON NOT NULL,
    job_result_schema JSON NOT NULL,
    is_available BOOLEAN NOT NULL,
    timeout INTEGER NOT NULL,
    checked_in DATETIME NOT NULL,
    UNIQUE (id)
);
INSERT INTO "services" VALUES(1,'bbc52e6b35574419953fb1382eba14a3','Add one','adds','{"type":"object"}','{}',0,30,'2026-11-23 21:40:50.294623');
CREATE INDEX jobs_of_service ON jobs (service_id, sequence);
CREATE INDEX jobs_by_status ON jobs (service_id, status, sequence);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('services',1);
INSERT INTO "sqlite_sequence" VALUES('jobs',2);
COMMIT;
PRAGMA user_version = 1;
