namespace Tributary.Rounds.Orleans.Silos;

/// <summary>The addresses in the rows of silos.</summary>
internal static class SiloAddresses
{
    /// <summary>Null for the row of a silo that was alone, which names no address of Orleans.</summary>
    public static SiloAddress? TryParse(string address)
    {
        try
        {
            return address.Contains('@', StringComparison.Ordinal) ? SiloAddress.FromParsableString(address) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
