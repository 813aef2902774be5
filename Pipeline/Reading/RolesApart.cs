namespace Tributary.Pipeline.Reading;

/// <summary>
/// The one error of a server whose roles run in processes of their own without a cluster: there is no way between them
/// over HTTP, so neither process may send its callers to the other.
/// </summary>
public static class RolesApart
{
    public const string Code = "roles_apart";

    /// <param name="role">The role of this process.</param>
    public static TributaryException Error(string role) => new(
        Code,
        $"This process has the role {role} only. With the roles apart, reads, GraphQL queries and the live feed are "
        + "served by a process with the role api, "
        + "and messages come in by the brokers of the process with the role silo; allowed for everything else, such as "
            + "messages over HTTP, retries and "
        + "generations: a process with both roles, the default, or one with the role api in a cluster.");
}
