using System.Text.Json;
using System.Text.Json.Nodes;
using Tributary.Connectors.Http;
using Tributary.Messages;

namespace Tributary.Connectors.Content.Swift;

/// <summary>
/// Version 3 of Keystone:
/// <see href="https://docs.openstack.org/api-ref/identity/v3/#password-authentication-with-scoped-authorization">a
/// token for a project</see>, with the catalogue in which the store's URL stands.
/// </summary>
internal sealed class KeystoneLogin(SwiftAccess access, StoreClient client, Faults faults) : ISwiftLogin
{
    private const int MaxCatalogueBytes = 4 << 20;

    public async Task<SwiftSession> LogInAsync(string location, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, access.AuthUrl + "/auth/tokens")
        {
            Content = new StringContent(Body().ToJsonString(), null, MediaTypes.Json),
        };
        using var answer = await client.SendAsync(request, location, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw SwiftLogins.Fault(faults, location, answer.StatusCode);
        if (!answer.Headers.TryGetValues("X-Subject-Token", out var tokens))
            throw faults.Unavailable(location, "the login was answered without X-Subject-Token");

        var token = tokens.First();
        if (access.StorageUrl is { } configured)
            return new SwiftSession(configured, token);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        await using var source = new ContentSource(
            client.Wrap(stream, answer.Content.Headers.ContentLength, location), answer.Content.Headers.ContentLength);
        var body = await StoreClient.ReadAllAsync(
            source,
            MaxCatalogueBytes,
            found => faults.Unavailable(location, $"the login was answered with {found}"),
            cancellation);
        return new SwiftSession(StorageUrl(body, location).TrimEnd('/'), token);
    }

    private JsonObject Body()
    {
        var identity = access.IsApplicationCredential
            ? new JsonObject
            {
                ["methods"] = new JsonArray("application_credential"),
                ["application_credential"] = new JsonObject { ["id"] = access.User, ["secret"] = access.Secret },
            }
            : new JsonObject
            {
                ["methods"] = new JsonArray("password"),
                ["password"] = new JsonObject { ["user"] = User() },
            };
        var auth = new JsonObject { ["identity"] = identity };
        if (!access.IsApplicationCredential && (access.ProjectId ?? access.ProjectName) is not null)
            auth["scope"] = new JsonObject { ["project"] = Project() };
        return new JsonObject { ["auth"] = auth };
    }

    private JsonObject User() =>
        access.UserId is { } id
            ? new JsonObject { ["id"] = id, ["password"] = access.Secret }
            : new JsonObject
            {
                ["name"] = access.User,
                ["domain"] = Domain(access.UserDomainId, access.UserDomainName),
                ["password"] = access.Secret,
            };

    // A project named by its name lies in a domain; without a domain of its own, in the user's.
    private JsonObject Project() =>
        access.ProjectId is { } id
            ? new JsonObject { ["id"] = id }
            : new JsonObject
            {
                ["name"] = access.ProjectName,
                ["domain"] =
                    Domain(access.ProjectDomainId, access.ProjectDomainName) is { } own
                    && (access.ProjectDomainId ?? access.ProjectDomainName) is not null
                        ? own
                        : Domain(access.UserDomainId, access.UserDomainName),
            };

    private static JsonObject Domain(string? id, string? name) =>
        name is null ? new JsonObject { ["id"] = id ?? "default" } : new JsonObject { ["name"] = name };

    private string StorageUrl(byte[] body, string location)
    {
        try
        {
            var services = JsonNode.Parse(body)?["token"]?["catalog"]?.AsArray() ?? [];
            var endpoints = services
                .Where(service => Text(service, "type") == access.ServiceType)
                .SelectMany(service => service?["endpoints"]?.AsArray() ?? []);
            var endpoint = endpoints.FirstOrDefault(endpoint =>
                Text(endpoint, "interface") == access.Interface
                && (
                    access.Region is null
                    || Text(endpoint, "region") == access.Region
                    || Text(endpoint, "region_id") == access.Region));
            return Text(endpoint, "url")
                ?? throw faults.Refused(location,
                    $"the catalogue has no {access.Interface} endpoint of type "
                    + $"{access.ServiceType}{(access.Region is null ? "" : $" in {access.Region}")}");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw faults.Unavailable(location, "the login was answered with what is no catalogue", error);
        }
    }

    private static string? Text(JsonNode? node, string name) =>
        node?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
