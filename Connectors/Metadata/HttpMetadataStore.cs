using Tributary.Connectors.Configuration;
using Tributary.Connectors.Http;

namespace Tributary.Connectors.Metadata;

/// <summary><c>http</c>: locations are URLs, or paths below <c>base_url</c>, that answer with a JSON object.</summary>
public sealed class HttpMetadataStoreFactory : IMetadataStoreFactory
{
    public string Type => "http";

    public IMetadataStore? Create(ConfigField config, ConnectorServices services)
    {
        var section = config.Section(["type", "max_bytes", .. GuardedReader.Keys]);
        var maxBytes = MetadataLimits.ReadMaxBytes(section);
        var faults = new Faults("metadata", Type);
        return GuardedReader.Read(config, section, faults, services.Time) is { } reader
            ? new HttpMetadataStore(reader, maxBytes, faults)
            : null;
    }
}

internal sealed class HttpMetadataStore(GuardedReader reader, int maxBytes, Faults faults) : IMetadataStore
{
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(string location, CancellationToken cancellation)
    {
        await using var source = await reader.OpenAsync(location, cancellation);
        var body = await StoreClient.ReadAllAsync(
            source, maxBytes, found => MetadataLimits.TooLarge(faults, location, found, maxBytes), cancellation);
        return JsonObjects.Check(body, location, faults);
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        return ValueTask.CompletedTask;
    }
}
