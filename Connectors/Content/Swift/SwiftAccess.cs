using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Content.Swift;

/// <summary>The login and the account, under the names that Swift's own client gives to these settings.</summary>
internal sealed record SwiftAccess
{
    private static readonly string[] OptionKeys =
    [
        "auth_type",
        "application_credential_id",
        "application_credential_secret",
        "endpoint_type",
        "object_storage_url",
        "project_domain_id",
        "project_domain_name",
        "project_id",
        "project_name",
        "region_name",
        "service_type",
        "tenant_id",
        "tenant_name",
        "user_domain_id",
        "user_domain_name",
        "user_id",
    ];

    private const string AuthUrlDefault = "http://localhost:8080/auth/v1.0";
    private const string Password = "password",
        V3Password = "v3password",
        ApplicationCredential = "v3applicationcredential";

    /// <summary>Without a slash at its end; for Keystone, with the version.</summary>
    public required string AuthUrl { get; init; }

    public required bool IsKeystone { get; init; }

    public required string User { get; init; }

    public required string Secret { get; init; }

    public required bool IsApplicationCredential { get; init; }

    public string? UserId { get; init; }

    public string? UserDomainId { get; init; }

    public string? UserDomainName { get; init; }

    public string? ProjectId { get; init; }

    public string? ProjectName { get; init; }

    public string? ProjectDomainId { get; init; }

    public string? ProjectDomainName { get; init; }

    public string? Region { get; init; }

    public string ServiceType { get; init; } = "object-store";

    /// <summary><c>public</c>, <c>internal</c> or <c>admin</c>.</summary>
    public string Interface { get; init; } = "public";

    /// <summary>The URL of the account; it takes precedence over the URL that the login returns.</summary>
    public string? StorageUrl { get; init; }

    /// <summary>Null when there was an error.</summary>
    public static SwiftAccess? Read(ConfigSection section, Action<string> warn)
    {
        var authUrl = section["auth_url"].IsSet ? section["auth_url"].Url() : new Uri(AuthUrlDefault);
        var version = section["auth_version"].OneOf("1", "1.0", "3");
        var options = section["os_options"].Section(OptionKeys);
        var isApplicationCredential =
            options["auth_type"].OneOf(Password, V3Password, ApplicationCredential) == ApplicationCredential;
        var storageUrl = options["object_storage_url"].Url();
        var kind = options["endpoint_type"]
            .OneOf("publicURL", "internalURL", "adminURL", "public", "internal", "admin");

        const string UserAllowed = "a user, as group:user where the service wants it so";
        var user =
            isApplicationCredential
                ? options["application_credential_id"].Required("the id of an application credential")
            : options["user_id"].IsSet ? section["access_key_id"].Text(UserAllowed) ?? ""
            : section["access_key_id"].Required(UserAllowed);
        var secret = isApplicationCredential
            ? options["application_credential_secret"]
                .Required("the secret of an application credential", isSecret: true)
            : section["secret_access_key"].Required("the user's secret", isSecret: true);

        var end = authUrl?.AbsolutePath.TrimEnd('/').Split('/')[^1];
        if (end is "v2.0" or "v2")
            section["auth_url"]
                .Fail(
                    "version 2 of Keystone",
                    "a URL that ends with /v3 or names no version, or TempAuth's, which ends with /v1.0");
        if (authUrl is null || user is null || secret is null || end is "v2.0" or "v2")
            return null;

        // The version in the URL wins: existing configurations often carry a wrong, unused version beside it.
        var isKeystone = end is "v3" || (end is not ("v1" or "v1.0") && version == "3");
        if (end is "v1" or "v1.0" && version == "3")
            warn(
                $"{section["auth_version"].Origin}: {section["auth_version"].Key}: found 3 beside an auth_url that "
                + $"ends with /{end}: version 1 is used.");

        var project = options["project_name"].Text("a project's name")
            ?? options["tenant_name"].Text("a project's name");
        if (isKeystone && project is null && user.Split(':') is [var group, var name])
            (project, user) = (group, name);
        return new SwiftAccess
        {
            AuthUrl = authUrl.AbsoluteUri.TrimEnd('/') + (isKeystone && end is not "v3" ? "/v3" : ""),
            IsKeystone = isKeystone,
            User = user,
            Secret = secret,
            IsApplicationCredential = isApplicationCredential,
            UserId = options["user_id"].Text("a user's id"),
            UserDomainId = options["user_domain_id"].Text("a domain's id"),
            UserDomainName = options["user_domain_name"].Text("a domain's name"),
            ProjectId = options["project_id"].Text("a project's id") ?? options["tenant_id"].Text("a project's id"),
            ProjectName = project,
            ProjectDomainId = options["project_domain_id"].Text("a domain's id"),
            ProjectDomainName = options["project_domain_name"].Text("a domain's name"),
            Region = options["region_name"].Text("a region's name"),
            ServiceType = options["service_type"].Text("a type of services") ?? "object-store",
            Interface = (kind ?? "public").Replace("URL", "", StringComparison.Ordinal),
            StorageUrl = storageUrl?.AbsoluteUri.TrimEnd('/'),
        };
    }
}
