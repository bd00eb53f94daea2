DROP TABLE reports;
DROP TABLE answers;
DROP TABLE responses;
DROP TABLE invitations;
DROP TABLE rounds;
