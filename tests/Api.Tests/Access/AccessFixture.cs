using Tributary.Api.ConfiguredEndpoints;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Access;

/// <summary>
/// A server with keys, which pages of one other origin may call, and one that is open; both with a route of the
/// configuration.
/// </summary>
public sealed class AccessFixture : IAsyncLifetime
{
    public const string Key = "a-key-of-more-than-sixteen";
    public const string Friend = "https://friend.example";
    public const string Stranger = "https://evil.example";

    public RunningServer Keyed { get; private set; } = null!;

    public RunningServer Open { get; private set; } = null!;

    /// <summary>Every operation of the OpenAPI document, with something in place of its parameters.</summary>
    public IReadOnlyList<(string Method, string Path)> Operations { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Keyed = await RunningServer.StartAsync(new ApiOptions { ApiKeys = [Key], AllowedHosts = ["127.0.0.1"],
            AllowedOrigins = [Friend], Endpoints = Endpoints });
        Open = await RunningServer.StartAsync(new ApiOptions { Endpoints = Endpoints },
            aggregates: """[{"name":"all","measures":[{"name":"n","kind":"count"}]}]""");
        var document = await Open.GetAsync("/openapi/v1.json");
        Operations =
        [
            .. document.GetProperty("paths").EnumerateObject().SelectMany(static path =>
                path.Value.EnumerateObject().Select(one =>
                (one.Name.ToUpperInvariant(),
                    path.Name.Replace("{name}", "all").Replace("{id}",
                    "01890a5d-ac96-774b-bcce-b302099a8057").Replace("{plugin}", "none")))),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await Keyed.DisposeAsync();
        await Open.DisposeAsync();
    }

    private static IReadOnlyList<EndpointDefinition> Endpoints { get; } =
        [new EndpointDefinition { Path = "/ingest/orders", Method = "POST", Source = "orders" },
            new EndpointDefinition { Path = "/ingest/orders", Method = "PUT", Source = "orders" }];
}
