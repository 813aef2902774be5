using Tributary.Pipeline.Mapping;

namespace Tributary.Pipeline.Processing;

/// <summary>The mappers of each source's messages.</summary>
/// <param name="bySource">The mappers of brokers.</param>
/// <param name="others">
/// The mapper of messages that are posted to the API, whatever their source; null when they are taken as they stand.
/// </param>
public sealed class MessageMappers(IReadOnlyDictionary<string, MessageMapper> bySource, MessageMapper? others = null)
{
    /// <summary>Null when messages of this source are their own content.</summary>
    public MessageMapper? Of(string source) => bySource.GetValueOrDefault(source) ?? others;
}
