using System.Text.Json.Serialization;

namespace Tributary.Api.GraphQL.Paging;

/// <summary>Keys of cursors that consist of several texts.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class CursorKeyJson : JsonSerializerContext;
