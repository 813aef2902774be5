namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>Takes the reasons why this process cannot go on; the implementation ends the process in order.</summary>
public interface IProcessFaults
{
    /// <summary>Callable from any thread, more than once; must return at once.</summary>
    void Report(Exception error);
}
