namespace Tributary.Silo.Hosting.Lifetime;

/// <summary>How the process ended, for whoever supervises it.</summary>
internal static class ExitCodes
{
    /// <summary>Stopped in order.</summary>
    public const int Success = 0;

    /// <summary>Could not run or go on, for a reason that operators mend.</summary>
    public const int CouldNotRun = 1;

    /// <summary>The options or the configuration are wrong.</summary>
    public const int WrongConfiguration = 2;

    /// <summary>An error of this program.</summary>
    public const int Broken = 3;
}
