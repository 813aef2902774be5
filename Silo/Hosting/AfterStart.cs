namespace Tributary.Silo.Hosting;

/// <summary>
/// What a step of the start makes, and others of the node use from then on. Asked for earlier, it says so by name.
/// </summary>
internal sealed class AfterStart<T>
    where T : class
{
    private readonly TaskCompletionSource<T> made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile T? value;

    /// <exception cref="InvalidOperationException">The step that makes it has not ended.</exception>
    public T Value => value
        ?? throw new InvalidOperationException($"{typeof(T).Name} is known once the node has started, and not before.");

    /// <summary>False until the step that makes it has ended.</summary>
    public bool IsKnown => value is not null;

    /// <summary>
    /// Completes when it is known. Never, when the start fails: whoever waits also waits for the end.
    /// </summary>
    public Task<T> WhenKnown => made.Task;

    /// <summary>Said once, by the step that makes it.</summary>
    public void Set(T known)
    {
        value = known;
        made.SetResult(known);
    }
}
