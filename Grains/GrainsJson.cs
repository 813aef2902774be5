using System.Text.Json.Serialization;
using Tributary.Aggregates;
using Tributary.Grains.Dedupe;
using Tributary.Grains.Items;
using Tributary.Grains.Replays;
using Tributary.Replays;

namespace Tributary.Grains;

/// <summary>States and arguments of grains as JSON. The formats are stored: tests hold samples of them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(ItemState))]
[JsonSerializable(typeof(AggregateState))]
[JsonSerializable(typeof(AggregateDelta))]
[JsonSerializable(typeof(DedupeState))]
[JsonSerializable(typeof(ProcessPayload))]
[JsonSerializable(typeof(ReplayState))]
[JsonSerializable(typeof(ReplayPayload))]
[JsonSerializable(typeof(ReplayedRun))]
public sealed partial class GrainsJson : JsonSerializerContext;
