using Tributary.Api.GraphQL.Messages;
using Tributary.GraphQL.Types;
using Tributary.Messages;
using Tributary.Storage.Failures;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>Turns the filter of failures into conditions of the store.</summary>
internal static class FailureFilterReader
{
    private static readonly MessageStatus[] Failed = [MessageStatus.Retrying, MessageStatus.Parked];

    /// <exception cref="Tributary.GraphQL.GraphQLException">Says what it found and what is allowed.</exception>
    public static PartFilter Read(InputObject? filter) => filter is null
        ? new PartFilter(Failed)
        : new PartFilter(
            Statuses(filter),
            FilterReader.Texts(filter, "source"),
            FilterReader.Texts(filter, "item"),
            FilterReader.Texts(filter, "plugin"),
            FilterReader.Choices<ProcessingStep>(filter, "step"),
            filter.Has("receivedFrom") ? filter["receivedFrom"] as DateTimeOffset? : null,
            filter.Has("receivedBefore") ? filter["receivedBefore"] as DateTimeOffset? : null,
            filter.Get<string>("errorContains"));

    private static IReadOnlyList<MessageStatus> Statuses(InputObject filter)
    {
        if (FilterReader.Choices<MessageStatus>(filter, "status") is not { } statuses)
            return Failed;
        return statuses.All(Failed.Contains)
            ? statuses
            : throw Resolving.Invalid(
                $"The list 'status' is [{string.Join(", ", statuses).ToUpperInvariant()}]; allowed: RETRYING, PARKED "
                + "or both.");
    }
}
