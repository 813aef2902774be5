namespace Tributary.Storage.Rows;

/// <summary>The status of a row of <c>pending</c>, as stored. A message without such a row is completed.</summary>
internal enum PendingStatus
{
    Processing = 1,
    Retrying = 2,
    Parked = 3,
    Skipped = 4,
}
