/** The users of the local identity provider. */
export interface User {
  id: string;
  name: string;
  password: string;
  roles: string[];
}

/** @param roles all roles that the policy mentions; the admin has all of them */
export function demoUsers(roles: readonly string[]): User[] {
  return [
    { id: "admin", name: "Ada Admin", password: "admin-demo", roles: [...roles] },
    { id: "staff", name: "Sam Staff", password: "staff-demo", roles: roles.filter((role) => role === "staff") },
    { id: "guest", name: "Gil Guest", password: "guest-demo", roles: [] },
  ];
}
