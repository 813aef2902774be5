namespace Tributary.Silo.Tests;

/// <summary>A running server, as tests from outside see it.</summary>
public interface ITributaryServer
{
    /// <summary>The root of its addresses, ending in a slash.</summary>
    Uri Address { get; }
}
