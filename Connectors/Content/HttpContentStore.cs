using System.Net;
using Tributary.Connectors.Configuration;
using Tributary.Connectors.Http;

namespace Tributary.Connectors.Content;

/// <summary><c>http</c>: locations are URLs, or paths below <c>base_url</c>, escaped as in URLs.</summary>
public sealed class HttpContentStoreFactory : IContentStoreFactory
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>>? resolve;

    public HttpContentStoreFactory()
    {
    }

    /// <summary>Uses another resolver of host names.</summary>
    internal HttpContentStoreFactory(Func<string, CancellationToken, Task<IPAddress[]>> resolve) =>
        this.resolve = resolve;

    public string Type => "http";

    public IContentStore? Create(ConfigField config, ConnectorServices services)
    {
        var section = config.Section(["type", .. GuardedReader.Keys]);
        return GuardedReader.Read(config, section, new Faults("content", Type), services.Time, resolve) is { } reader
            ? new HttpContentStore(reader)
            : null;
    }
}

internal sealed class HttpContentStore(GuardedReader reader) : IContentStore
{
    public ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation) =>
        reader.OpenAsync(location, cancellation);

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        return ValueTask.CompletedTask;
    }
}
