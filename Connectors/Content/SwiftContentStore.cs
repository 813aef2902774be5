using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tributary.Connectors.Configuration;
using Tributary.Connectors.Content.Swift;
using Tributary.Connectors.Http;

namespace Tributary.Connectors.Content;

/// <summary>
/// <c>swift</c>: OpenStack's object store. Locations are names of objects, searched for in the configured containers in
/// their order; without configured containers, in all containers of the account.
/// </summary>
public sealed class SwiftContentStoreFactory : IContentStoreFactory
{
    private const int MaxContainersCount = 256;

    public string Type => "swift";

    public IContentStore? Create(ConfigField config, ConnectorServices services)
    {
        var section = config.Section([
            "type",
            "auth_url",
            "access_key_id",
            "secret_access_key",
            "containers",
            "auth_version",
            "insecure",
            "os_options",
            .. StoreLimits.Keys,
        ]);
        var access = SwiftAccess.Read(section, services.Warn);
        var containers = section["containers"].Names(MaxContainersCount, "container");
        var limits = StoreLimits.Read(section);
        var isInsecure = section["insecure"].Flag() ?? false;
        return access is null || config.ErrorCount > 0
            ? null
            : new SwiftContentStore(access, containers, limits, isInsecure, services.Time);
    }
}

internal sealed class SwiftContentStore : IContentStore
{
    /// <summary>Most containers of an account that are searched when none is configured.</summary>
    public const int MaxListedContainersCount = 1000;

    private const int MaxListBytes = 1 << 20;

    private static readonly Faults Faults = new("content", "swift");

    private readonly StoreClient client;
    private readonly SwiftSessions sessions;
    private readonly IReadOnlyList<string> containers;

    public SwiftContentStore(
        SwiftAccess access, IReadOnlyList<string> containers, StoreLimits limits, bool isInsecure, TimeProvider time)
    {
        this.containers = containers;
        client = new StoreClient(StoreClient.TrustedHandler(limits, isInsecure), limits, Faults, time);
        sessions = new SwiftSessions(
            access.IsKeystone ? new KeystoneLogin(access, client, Faults) : new TempAuthLogin(access, client, Faults));
    }

    public async ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation)
    {
        var name = ObjectNames.Escape(location, Faults);
        var searched = containers.Count > 0 ? containers : await ListAsync(location, cancellation);
        return await ContainerSearch.FirstAsync(
            searched,
            container => GetAsync($"/{Uri.EscapeDataString(container)}/{name}", location, cancellation),
            Faults,
            location);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        sessions.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<string>> ListAsync(string location, CancellationToken cancellation)
    {
        try
        {
            await using var source = await GetAsync(
                $"?format=json&limit={MaxListedContainersCount}", location, cancellation);
            var body = await StoreClient.ReadAllAsync(
                source,
                MaxListBytes,
                found => Faults.Unavailable(location, $"the list of containers has {found}"),
                cancellation);
            return [.. JsonSerializer.Deserialize<List<ListedContainer>>(body)!.Select(entry => entry.Name)];
        }
        catch (JsonException error)
        {
            throw Faults.Unavailable(location, "the list of containers cannot be read", error);
        }
    }

    private async ValueTask<ContentSource> GetAsync(string path, string location, CancellationToken cancellation)
    {
        var session = await sessions.GetAsync(null, location, cancellation);
        var answer = await SendAsync(session, path, location, cancellation);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            // Tokens expire: one more try with a new token.
            answer.Dispose();
            session = await sessions.GetAsync(session, location, cancellation);
            answer = await SendAsync(session, path, location, cancellation);
        }

        return await client.OpenBodyAsync(answer, location, cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(
        SwiftSession session, string path, string location, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, session.StorageUrl + path);
        request.Headers.TryAddWithoutValidation("X-Auth-Token", session.Token);
        return await client.SendAsync(request, location, cancellation);
    }

    private sealed record ListedContainer([property: JsonPropertyName("name"), JsonRequired] string Name);
}
