using Tributary.Messages;

namespace Tributary.Storage.Queries;

/// <summary>The statuses of parts that an index leads to: all but <see cref="MessageStatus.Processing"/>.</summary>
internal static class StatusSet
{
    /// <summary>
    /// The statuses to look up, or null to scan all of <c>pending</c>, because the set holds
    /// <see cref="MessageStatus.Processing"/> or is open. No part is completed.
    /// </summary>
    public static IReadOnlyList<MessageStatus>? Indexed(IReadOnlySet<MessageStatus>? statuses) =>
        statuses is null || statuses.Contains(MessageStatus.Processing)
            ? null
            :
            [
                .. statuses
                    .Where(status => status is MessageStatus.Retrying or MessageStatus.Parked or MessageStatus.Skipped)
                    .Order(),
            ];
}
