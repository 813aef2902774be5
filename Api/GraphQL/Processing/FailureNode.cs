using Tributary.Messages;
using Tributary.Storage.Failures;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>A failure of a message as the schema shows it.</summary>
internal sealed class FailureNode(MessageReference message, string item, MessagePart part, DateTimeOffset changedAt)
{
    public MessageId Message { get; } = message.Id;

    public string MessageId => Message.ToString();

    public string Source => message.Source;

    public string ItemId => item;

    public string? Plugin => part.Plugin.Length == 0 ? null : part.Plugin;

    public MessageStatus Status => part.Status;

    public ProcessingStep Step => part.Step;

    public int Attempts => part.Attempts;

    public DateTimeOffset? NextAttempt => part.NextAttempt;

    public string Error => part.Error ?? "";

    public DateTimeOffset ChangedAt => changedAt;

    public static FailureNode Of(StoredPart stored) => new(stored.Message, stored.Item, stored.Part, stored.ChangedAt);
}

internal sealed record RaisedFailureNode(FailureNode Failure, string Cursor);
