-- OAuth clients, and what users have granted them. The tables are those of Better Auth's OAuth provider.
CREATE TABLE "taskwire"."oauthClient" (
    "id" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "clientSecret" TEXT,
    "clientDiscoveryId" TEXT,
    "disabled" BOOLEAN DEFAULT false,
    "skipConsent" BOOLEAN,
    "enableEndSession" BOOLEAN,
    "subjectType" TEXT,
    "scopes" TEXT[],
    "clientCredentialsScopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "userId" TEXT,
    "createdAt" TIMESTAMPTZ(3),
    "updatedAt" TIMESTAMPTZ(3),
    "name" TEXT,
    "uri" TEXT,
    "icon" TEXT,
    "contacts" TEXT[],
    "tos" TEXT,
    "policy" TEXT,
    "softwareId" TEXT,
    "softwareVersion" TEXT,
    "softwareStatement" TEXT,
    "redirectUris" TEXT[],
    "postLogoutRedirectUris" TEXT[],
    "backchannelLogoutUri" TEXT,
    "backchannelLogoutSessionRequired" BOOLEAN,
    "tokenEndpointAuthMethod" TEXT,
    "applicationType" TEXT,
    "jwks" TEXT,
    "jwksUri" TEXT,
    "grantTypes" TEXT[],
    "responseTypes" TEXT[],
    "requirePKCE" BOOLEAN,
    "dpopBoundAccessTokens" BOOLEAN DEFAULT false,
    "referenceId" TEXT,
    "metadata" TEXT,

    CONSTRAINT "oauthClient_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."oauthResource" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "accessTokenTtl" INTEGER,
    "refreshTokenTtl" INTEGER,
    "signingAlgorithm" TEXT,
    "signingKeyId" TEXT,
    "allowedScopes" TEXT[],
    "customClaims" TEXT,
    "dpopBoundAccessTokensRequired" BOOLEAN DEFAULT false,
    "disabled" BOOLEAN DEFAULT false,
    "createdAt" TIMESTAMPTZ(3),
    "updatedAt" TIMESTAMPTZ(3),
    "policyVersion" INTEGER DEFAULT 1,
    "metadata" TEXT,

    CONSTRAINT "oauthResource_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."oauthClientResource" (
    "id" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "metadata" TEXT,
    "createdAt" TIMESTAMPTZ(3),

    CONSTRAINT "oauthClientResource_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."oauthRefreshToken" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "sessionId" TEXT,
    "userId" TEXT NOT NULL,
    "referenceId" TEXT,
    "authorizationCodeId" TEXT,
    "resources" TEXT[],
    "requestedUserInfoClaims" TEXT[],
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "revoked" TIMESTAMPTZ(3),
    "rotatedAt" TIMESTAMPTZ(3),
    "rotationReplayResponse" TEXT,
    "rotationReplayExpiresAt" TIMESTAMPTZ(3),
    "authTime" TIMESTAMPTZ(3),
    "confirmation" TEXT,
    "scopes" TEXT[],

    CONSTRAINT "oauthRefreshToken_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."oauthAccessToken" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "sessionId" TEXT,
    "userId" TEXT,
    "referenceId" TEXT,
    "authorizationCodeId" TEXT,
    "resources" TEXT[],
    "requestedUserInfoClaims" TEXT[],
    "refreshId" TEXT,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "revoked" TIMESTAMPTZ(3),
    "confirmation" TEXT,
    "scopes" TEXT[],

    CONSTRAINT "oauthAccessToken_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."oauthConsent" (
    "id" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "userId" TEXT,
    "referenceId" TEXT,
    "resources" TEXT[],
    "requestedUserInfoClaims" TEXT[],
    "scopes" TEXT[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "oauthConsent_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."oauthClientAssertion" (
    "id" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "oauthClientAssertion_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "oauthClient_clientId_key" ON "taskwire"."oauthClient"("clientId");

CREATE INDEX "oauthClient_userId_idx" ON "taskwire"."oauthClient"("userId");

CREATE INDEX "oauthClient_createdAt_idx" ON "taskwire"."oauthClient"("createdAt");

CREATE UNIQUE INDEX "oauthResource_identifier_key" ON "taskwire"."oauthResource"("identifier");

CREATE INDEX "oauthClientResource_clientId_idx" ON "taskwire"."oauthClientResource"("clientId");

CREATE INDEX "oauthClientResource_resourceId_idx" ON "taskwire"."oauthClientResource"("resourceId");

CREATE UNIQUE INDEX "oauthClientResource_clientId_resourceId_key" ON "taskwire"."oauthClientResource"("clientId", "resourceId");

CREATE UNIQUE INDEX "oauthRefreshToken_token_key" ON "taskwire"."oauthRefreshToken"("token");

CREATE INDEX "oauthRefreshToken_clientId_idx" ON "taskwire"."oauthRefreshToken"("clientId");

CREATE INDEX "oauthRefreshToken_sessionId_idx" ON "taskwire"."oauthRefreshToken"("sessionId");

CREATE INDEX "oauthRefreshToken_userId_idx" ON "taskwire"."oauthRefreshToken"("userId");

CREATE INDEX "oauthRefreshToken_authorizationCodeId_idx" ON "taskwire"."oauthRefreshToken"("authorizationCodeId");

CREATE INDEX "oauthRefreshToken_expiresAt_idx" ON "taskwire"."oauthRefreshToken"("expiresAt");

CREATE UNIQUE INDEX "oauthAccessToken_token_key" ON "taskwire"."oauthAccessToken"("token");

CREATE INDEX "oauthAccessToken_clientId_idx" ON "taskwire"."oauthAccessToken"("clientId");

CREATE INDEX "oauthAccessToken_sessionId_idx" ON "taskwire"."oauthAccessToken"("sessionId");

CREATE INDEX "oauthAccessToken_userId_idx" ON "taskwire"."oauthAccessToken"("userId");

CREATE INDEX "oauthAccessToken_authorizationCodeId_idx" ON "taskwire"."oauthAccessToken"("authorizationCodeId");

CREATE INDEX "oauthAccessToken_refreshId_idx" ON "taskwire"."oauthAccessToken"("refreshId");

CREATE INDEX "oauthAccessToken_expiresAt_idx" ON "taskwire"."oauthAccessToken"("expiresAt");

CREATE INDEX "oauthConsent_clientId_idx" ON "taskwire"."oauthConsent"("clientId");

CREATE INDEX "oauthConsent_userId_clientId_idx" ON "taskwire"."oauthConsent"("userId", "clientId");

ALTER TABLE "taskwire"."oauthClient" ADD CONSTRAINT "oauthClient_userId_fkey" FOREIGN KEY ("userId") REFERENCES "taskwire"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthClientResource" ADD CONSTRAINT "oauthClientResource_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "taskwire"."oauthClient"("clientId") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthClientResource" ADD CONSTRAINT "oauthClientResource_resourceId_fkey" FOREIGN KEY ("resourceId") REFERENCES "taskwire"."oauthResource"("identifier") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthRefreshToken" ADD CONSTRAINT "oauthRefreshToken_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "taskwire"."oauthClient"("clientId") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthRefreshToken" ADD CONSTRAINT "oauthRefreshToken_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "taskwire"."session"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthRefreshToken" ADD CONSTRAINT "oauthRefreshToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "taskwire"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthAccessToken" ADD CONSTRAINT "oauthAccessToken_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "taskwire"."oauthClient"("clientId") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthAccessToken" ADD CONSTRAINT "oauthAccessToken_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "taskwire"."session"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthAccessToken" ADD CONSTRAINT "oauthAccessToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "taskwire"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthAccessToken" ADD CONSTRAINT "oauthAccessToken_refreshId_fkey" FOREIGN KEY ("refreshId") REFERENCES "taskwire"."oauthRefreshToken"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthConsent" ADD CONSTRAINT "oauthConsent_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "taskwire"."oauthClient"("clientId") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."oauthConsent" ADD CONSTRAINT "oauthConsent_userId_fkey" FOREIGN KEY ("userId") REFERENCES "taskwire"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- From here on: what Prisma's schema cannot say. A test asserts that each of these exists.

-- Whoever withdraws a consent disconnects the client: none of its tokens works any more, and none can be renewed.
CREATE FUNCTION taskwire.disconnect_client() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM taskwire."oauthAccessToken" WHERE "clientId" = OLD."clientId" AND "userId" = OLD."userId";
  DELETE FROM taskwire."oauthRefreshToken" WHERE "clientId" = OLD."clientId" AND "userId" = OLD."userId";
  RETURN NULL;
END
$$;

CREATE TRIGGER consent_withdrawn AFTER DELETE ON taskwire."oauthConsent"
  FOR EACH ROW EXECUTE FUNCTION taskwire.disconnect_client();

-- Revoking a refresh token ends the access tokens of its whole family: those that its predecessors got as well.
CREATE FUNCTION taskwire.end_token_family() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM taskwire."oauthAccessToken"
    WHERE "authorizationCodeId" = NEW."authorizationCodeId" AND "clientId" = NEW."clientId";
  RETURN NULL;
END
$$;

CREATE TRIGGER refresh_token_revoked AFTER UPDATE OF "revoked" ON taskwire."oauthRefreshToken"
  FOR EACH ROW WHEN (OLD."revoked" IS NULL AND NEW."revoked" IS NOT NULL AND NEW."rotatedAt" IS NULL)
  EXECUTE FUNCTION taskwire.end_token_family();
