DROP TABLE register_uploads, register_imports, organisation_words, icbs, regions, successions,
    organisation_types, organisation_places, organisation_names, organisations;
