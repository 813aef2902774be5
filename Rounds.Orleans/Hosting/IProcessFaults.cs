namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>Takes the reasons why this process cannot go on; whoever implements it ends the process in order.</summary>
public interface IProcessFaults
{
    /// <summary>Callable from anywhere, more than once; must return at once.</summary>
    void Report(Exception error);
}
