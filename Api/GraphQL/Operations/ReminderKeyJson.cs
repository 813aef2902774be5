using System.Text.Json.Serialization;

namespace Tributary.Api.GraphQL.Operations;

/// <summary>The key of a reminder's cursor: due time in ticks, grain type, grain key, name.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class ReminderKeyJson : JsonSerializerContext;
