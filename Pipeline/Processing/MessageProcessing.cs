using System.Text.Json;
using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Grains.Items.Retries;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Plugins;
using Tributary.Plugins;
using Tributary.Storage.Messages;

namespace Tributary.Pipeline.Processing;

/// <summary>The processing of one stored message: map, fetch, run the plugins.</summary>
internal sealed class MessageProcessing(
    ProcessingServices services, StoredMessage stored, MessageReference reference, ProcessPayload payload,
    object? local)
{
    // Read before the plugins, which may be of a later version and not of an earlier one.
    private readonly long definitions = services.Definitions();

    // The same plugins throughout, so that the result belongs to one number.
    private readonly ActivePlugins active = services.Plugins.Active;

    private ReadOnlyMemory<byte> body = stored.Body;
    private IReadOnlyList<Contribution>? late;

    public async ValueTask<ProcessingResult> RunAsync(CancellationToken cancellation)
    {
        var step = ProcessingStep.Accept;
        try
        {
            var fields = Map();
            if (active.Plugins.Count == 0 && payload.Plugins is null)
                return Result();
            step = ProcessingStep.Query;
            var metadata = await MetadataAsync(fields, cancellation);
            using var content = fields.ContentLocation is { } location
                ? await services.Fetcher.FetchAsync(location, cancellation)
                : FetchedContent.InMemory(body);
            step = ProcessingStep.Execute;
            return Result() with { Runs = await ExecuteAsync(fields, metadata, content, cancellation) };
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (ConnectorException error)
        {
            return Result() with { Failure = ProcessingFailure.Of(step, error.Fault, error) };
        }
        catch (TributaryException error)
        {
            return Result() with { Failure = ProcessingFailure.Of(step, ConnectorFault.Refused, error) };
        }
        catch (Exception error) when (step == ProcessingStep.Query)
        {
            // The connector threw an exception outside its contract: the fault is outside, not in the message.
            return Result() with { Failure = ProcessingFailure.Of(step, ConnectorFault.Unavailable, error) };
        }
    }

    private ProcessingResult Result() =>
        new()
        {
            Message = reference,
            SetNumber = active.Number,
            Definitions = definitions,
            Local = local,
            Late = late,
        };

    private MessageFields Map()
    {
        var mapper = services.Mappers.Of(stored.Source);
        if (stored.MediaType != UnparsedEnvelope.MediaType)
            return mapper?.Read(body.Span) ?? MessageFields.None with { MediaType = stored.MediaType };
        if (mapper is null)
            throw new TributaryException(
                "mapping_missing",
                $"The source '{stored.Source}' has no mapping any more; allowed: a source whose listener has one.");
        var mapped = mapper.Map(UnparsedEnvelope.ReadRaw(body.Span));
        body = mapped.Body;
        late = services.Contributions.Calculate(stored.Source, body.Span, stored.ReceivedAt);
        return mapped.Fields;
    }

    private async ValueTask<JsonElement?> MetadataAsync(MessageFields fields, CancellationToken cancellation)
    {
        var json = fields.Metadata;
        if (json.IsEmpty && fields.MetadataLocation is { } location)
            json = await services.Fetcher.FetchMetadataAsync(location, cancellation);
        if (json.IsEmpty)
            return null;
        try
        {
            var metadata = JsonElement.Parse(json.Span);
            if (metadata.ValueKind == JsonValueKind.Object)
                return metadata;
            throw new ConnectorException(
                ConnectorFault.Refused,
                "metadata_invalid",
                $"The metadata is {metadata.ValueKind}; allowed: one JSON object.");
        }
        catch (JsonException error)
        {
            throw new ConnectorException(
                ConnectorFault.Refused, "metadata_invalid", $"The metadata is not JSON: {error.Message}", error);
        }
    }

    // All at once: plugins that wait for something wait together. Plugins that only compute run one after the other on
    // this thread; other messages use the other cores.
    private async ValueTask<IReadOnlyList<PluginOutcome>> ExecuteAsync(
        MessageFields fields, JsonElement? metadata, FetchedContent content, CancellationToken cancellation)
    {
        var context = new PluginContext(content.Open)
        {
            Message = new Message
            {
                Id = stored.Id, Source = stored.Source, Item = stored.Item, ReceivedAt = stored.ReceivedAt, Body = body,
                MediaType = late is null ? stored.MediaType : MediaTypes.Json,
            },
            Metadata = metadata,
            MediaType = MediaTypeOf(fields, metadata, content),
            ContentLength = content.Length,
            ContentSha256 = content.Sha256,
            ContentLocation = fields.ContentLocation,
            ContentPath = content.Path,
            Grains = services.Grains,
        };

        var runs = new List<Task<PluginOutcome>>();
        foreach (var plugin in active.Plugins)
        {
            if ((payload.Plugins is null || payload.Plugins.Contains(plugin.Name)) && plugin.Accepts(context.MediaType))
                runs.Add(ExecuteAsync(plugin, context, cancellation));
        }

        var outcomes = new List<PluginOutcome>(await Task.WhenAll(runs));
        foreach (var missing in payload.Plugins?.Where(name => active.Plugins.All(plugin => plugin.Name != name)) ?? [])
            outcomes.Add(
                new PluginOutcome(
                    missing,
                    0,
                    new PluginRun(PluginResult.Empty, [], $"plugin_inactive: No plugin named '{missing}' runs.")));
        return outcomes;
    }

    private static async Task<PluginOutcome> ExecuteAsync(
        IActivePlugin plugin, PluginContext context, CancellationToken cancellation) =>
        new(plugin.Name, plugin.Generation, await plugin.RunAsync(context, cancellation)) { Fed = plugin.Fed };

    private string MediaTypeOf(MessageFields fields, JsonElement? metadata, FetchedContent content)
    {
        var mapper = services.Mappers.Of(stored.Source);
        return MediaTypeNames.Normalize(fields.MediaType)
            ?? (fields.ContentLocation is null && mapper is not null ? MediaTypes.Json : null)
            ?? MediaTypeNames.Normalize(content.DeclaredMediaType)
            ?? MediaTypeNames.FromMetadata(metadata, mapper?.Mime)
            ?? MediaTypeSniffer.Sniff(content.Head.Span, content.Length);
    }
}
