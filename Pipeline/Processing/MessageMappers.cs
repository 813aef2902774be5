using Tributary.Pipeline.Mapping;

namespace Tributary.Pipeline.Processing;

/// <summary>How the messages of each source were mapped.</summary>
/// <param name="bySource">Those of brokers.</param>
/// <param name="others">
/// That of messages that are posted to the API, whatever their source; null when they are taken as they stand.
/// </param>
public sealed class MessageMappers(IReadOnlyDictionary<string, MessageMapper> bySource, MessageMapper? others = null)
{
    /// <summary>Null when messages of this source are their own content.</summary>
    public MessageMapper? Of(string source) => bySource.GetValueOrDefault(source) ?? others;
}
