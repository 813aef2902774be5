using Tributary.Items;

namespace Tributary.Silo.Hosting.Doors;

/// <summary>A message that waits for the answer of a silo.</summary>
/// <param name="startedAt">The timestamp at which it came.</param>
internal sealed class PendingMessage(in DoorRequest request, long startedAt)
{
    private readonly TaskCompletionSource<Receipt> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DoorRequest Request { get; } = request;

    public long StartedAt { get; } = startedAt;

    /// <summary>How often it was sent.</summary>
    public int SendsCount { get; set; }

    /// <summary>True when a silo was lost that may have stored it.</summary>
    public bool MayBeStored { get; set; }

    /// <summary>True when it is stored once however often it is sent.</summary>
    public bool IsRepeatable => Request.ExternalId is not null;

    public Task<Receipt> Answer => answer.Task;

    public void Complete(Receipt receipt) => answer.TrySetResult(receipt);

    public void Fail(Exception error) => answer.TrySetException(error);
}
