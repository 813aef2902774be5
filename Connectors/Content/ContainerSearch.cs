namespace Tributary.Connectors.Content;

/// <summary>Looks through containers in their order.</summary>
internal static class ContainerSearch
{
    /// <summary>
    /// What the first container that has it gives. One that has it not, or gives no access, is passed over; one that
    /// does not answer ends the search, so that which content is found does not depend on what is down.
    /// </summary>
    /// <exception cref="ConnectorException">
    /// It was refused somewhere and found nowhere: refused; otherwise missing.
    /// </exception>
    public static async ValueTask<ContentSource> FirstAsync(
        IReadOnlyList<string> containers, Func<string, ValueTask<ContentSource>> open, Faults faults, string location)
    {
        ConnectorException? refused = null;
        foreach (var container in containers)
        {
            try
            {
                return await open(container);
            }
            catch (ConnectorException error) when (error.Fault is ConnectorFault.Missing)
            {
                // The next one may have it.
            }
            catch (ConnectorException error) when (error.Fault is ConnectorFault.Refused)
            {
                refused ??= error;
            }
        }

        throw refused
            ?? faults.Missing(
                location,
                containers.Count == 0
                    ? "there is no container"
                    : $"it is not in {string.Join(", ", containers.Take(8))}");
    }
}
