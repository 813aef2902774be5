namespace Tributary.Connectors.Content;

/// <summary>Searches containers in their order.</summary>
internal static class ContainerSearch
{
    /// <summary>
    /// The content from the first container that has it. The search passes over a container that lacks
    /// the content or denies access. A container that does not answer ends the search, so that an outage
    /// never changes which content is found.
    /// </summary>
    /// <exception cref="ConnectorException">
    /// Refused when one container denied access and none had the content; missing when no container had it.
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
                // The next container may have it.
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
