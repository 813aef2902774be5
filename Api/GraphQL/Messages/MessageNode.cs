using System.Text;
using Tributary.Feed;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Messages;

/// <summary>A stored message as the schema shows it.</summary>
internal sealed class MessageNode(StoredMessage stored, Guid history)
{
    public StoredMessage Stored { get; } = stored;

    public string Id => GlobalId.Of(GlobalId.Message, MessageId);

    public string MessageId => Stored.Id.ToString();

    public string Source => Stored.Source;

    public string ItemId => Stored.Item;

    public long ItemSequence => Stored.ItemSequence;

    public DateTimeOffset ReceivedAt => Stored.ReceivedAt;

    public string MediaType => Stored.MediaType;

    public ReadOnlyMemory<byte> Body => Stored.Body;

    public string BodyText => Encoding.UTF8.GetString(Stored.Body.Span);

    public string Cursor => new Cursor(history, Stored.Position).ToString();
}
